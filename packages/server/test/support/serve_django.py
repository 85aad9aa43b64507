"""Serves the Django application of bench/original on a free port, migrated, until standard input ends."""
import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
django.setup()
call_command("migrate", verbosity=0, interactive=False)
server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
print(f"listens on http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
