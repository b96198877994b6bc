"""gunicorn reads this in the folder that it starts in: the same here, in the image and in the demo.

No access log: an address may hold the token of a mailed link. The site writes its own line for each request.
"""

import atexit
import os
import shutil
import tempfile

control_socket_disable = True
# The program is read once and the workers are forked from it: one that takes another's place answers at once, not after
# seconds of reading, and they share memory. Nothing is connected before: a connection must not be in two processes.
preload_app = True
# A sign of life is a file that is touched; on a slow disk it would be late.
if os.access("/dev/shm", os.W_OK):
    worker_tmp_dir = "/dev/shm"

# Where the workers put what each of them counts, for /metrics to add up. One folder for each first process: a reload reads
# this file again, and one that takes over from another inherits the environment.
if os.environ.get("METRICS_FOLDER_OF") != str(os.getpid()):
    _folder = tempfile.mkdtemp(prefix="levelfield-metrics-")
    _owner = os.getpid()
    os.environ["METRICS_FOLDER_OF"] = str(_owner)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _folder

    @atexit.register
    def _remove() -> None:
        # The workers inherit this.
        if os.getpid() == _owner:
            shutil.rmtree(_folder, ignore_errors=True)
