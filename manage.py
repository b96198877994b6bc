#!/usr/bin/env python
import os
import re
import runpy
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviews_site.settings")
    if sys.argv[1:2] == ["demo"]:
        # It chooses the servers itself: there are no settings to read yet.
        runpy.run_module("reviews_site.local", run_name="__main__")
    if sys.argv[1:2] == ["import_catalog"]:
        # Its --settings is a landscape's file; Django would take the name for its own settings.
        sys.argv = [
            re.sub(r"^--settings(?==|$)", "--landscape-settings", word)
            for word in sys.argv
        ]
    execute_from_command_line(sys.argv)
