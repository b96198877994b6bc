"""Two to four products side by side; the page, its PDF and the API show the same table.

choosing        which products an address asks for, and what is wrong with it
adding          the product that somebody typed a name of; those that could stand beside these
tables          what a table is made of, and when figures differ
ratings, facts, cells, voice    its groups of rows
page            the whole table, prepared once for each version of what it shows
"""
