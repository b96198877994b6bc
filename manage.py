#!/usr/bin/env python
import os
import runpy
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
    if sys.argv[1:2] == ["demo"]:
        # It chooses the servers itself: there are no settings to read yet.
        runpy.run_module("reviews_site.local", run_name="__main__")
    execute_from_command_line(sys.argv)
