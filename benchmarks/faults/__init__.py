"""What is lost, doubled or late while things break: `make faults`.

One module is one family of faults; it is listed in __main__.FAMILIES, runs in a process of its own with a database and a
Redis of its own, and prints its findings (results.Finding) as JSON. A promise that was not kept makes the command exit 1.
"""
