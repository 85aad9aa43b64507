"""Tests against `latchkey dev`, with nothing but Python's standard library.

    npx latchkey dev
    LATCHKEY_URL=http://127.0.0.1:8000 python3 -m unittest test_sign_up.py      (or: pytest test_sign_up.py)
"""

import json
import os
import unittest
import urllib.error
import urllib.request

URL = os.environ.get("LATCHKEY_URL", "http://127.0.0.1:8000")
ALICE = {"username": "alice", "email": "alice@example.org", "password": "Sup3rSecret!x"}


def call(method, path, body=None, access=None):
    """Sends a request; gives the status and what the JSON of the answer says."""
    request = urllib.request.Request(URL + path, method=method)
    if access:
        request.add_header("Authorization", f"Bearer {access}")
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except urllib.error.HTTPError as answer:
        return answer.code, json.loads(answer.read() or "null")


def setUpModule():
    """Once: an account whose address is verified, kept under a name."""
    call("POST", "/dev/reset/")
    call("POST", "/api/register/", ALICE)
    _, inbox = call("GET", f"/dev/inbox/?to={ALICE['email']}&wait=5")
    call("POST", "/api/email/verify/confirm/", {"token": inbox["mails"][0]["token"]})
    call("POST", "/dev/snapshots/alice/")


class SignedUp(unittest.TestCase):
    def setUp(self):
        """Before each test: that account again, and the time that it was."""
        call("POST", "/dev/snapshots/alice/restore/")

    def test_a_session_is_renewed_after_six_minutes_and_over_after_51_days(self):
        _, tokens = call("POST", "/api/token/", ALICE)
        status, profile = call("GET", "/api/profile/", access=tokens["access"])
        self.assertEqual((status, profile["verified"]), (200, True))

        call("POST", "/dev/clock/", {"advance": "6m"})
        self.assertEqual(call("GET", "/api/profile/", access=tokens["access"])[0], 401)
        status, renewed = call("POST", "/api/token/refresh/", {"refresh": tokens["refresh"]})
        self.assertEqual(status, 200)
        self.assertEqual(call("GET", "/api/profile/", access=renewed["access"])[0], 200)

        call("POST", "/dev/clock/", {"advance": "51d"})
        status, _ = call("POST", "/api/token/refresh/", {"refresh": renewed["refresh"]})
        self.assertEqual(status, 401)

    def test_a_link_to_a_new_password_is_too_old_after_an_hour(self):
        _, before = call("GET", "/dev/inbox/")
        call("POST", "/api/password/reset/", {"email": ALICE["email"]})
        newest = before["mails"][0]["id"]
        _, inbox = call("GET", f"/dev/inbox/?kind=reset_password&after={newest}&wait=5")
        call("POST", "/dev/clock/", {"advance": "61m"})
        new = {"token": inbox["mails"][0]["token"], "new_password": "An0therSecret!y"}
        self.assertEqual(call("POST", "/api/password/reset/confirm/", new)[0], 400)


if __name__ == "__main__":
    unittest.main()
