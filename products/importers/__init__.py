"""Reading catalogues of products from files: text in, items out, rows written in one go. Rules: docs/catalogue.md.

text, spdx, items            what an item is, and how a stranger's text becomes fit to be stored
files, yaml_tree             opening a file that nobody vouches for
reading, rows, landscape, fedramp   one reader a format; each yields items and skips in the file's order
organisations, categories    which items are no products, and where the others belong in the tree
matching, tree, composing    finding the product, the vendor and the category meant; joining what sources say
catalogue, writing           what becomes of each item, and the rows of one batch
"""
