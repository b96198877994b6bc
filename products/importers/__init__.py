"""Reading catalogues of products from files: text in, items out, rows written in one go.

text, spdx, items     what an item is, and how a stranger's text becomes fit to be stored
files, yaml_tree      opening a file that nobody vouches for
rows, landscape, fedramp   one reader a format; each yields items and skips, in the file's order
categories            what flat category names of known sources mean in the site's tree
composing, matching, catalogue   several sources' words about one product become one row
"""
