"""A single sign-on server for tests: discovery, authorization code with PKCE, signed tokens, keys, userinfo."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT_ID = "lectern"
CLIENT_SECRET = "a secret between two servers"
Params = dict[str, str]


class SchoolServer:
    """What it says of whoever signs in is in `person`; the other fields make it lie."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {
            "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
        }
        self.algorithm = "ES256"
        self.person: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signs_with: Any = None
        self.is_down = False
        self.codes: dict[str, Params] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/school"

    def start(self) -> "SchoolServer":
        self._thread.start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def authorize(self, address: str) -> str:
        """The browser arrives, the person signs in there: where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def config(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def public_keys(self) -> dict[str, Any]:
        kinds = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}
        return {
            "keys": [
                {**kinds[name].to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
                for name, key in self.keys.items()
            ]
        }

    def token(self, form: Params) -> dict[str, Any] | None:
        """Refuses a wrong secret, a used code and a verifier that does not fit."""
        asked = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge or form["client_secret"] != CLIENT_SECRET:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in {**claims, **self.person, **self.lies}.items() if value is not None}
        key = self.signs_with or self.keys[self.algorithm]
        signed = jwt.encode(claims, key, self.algorithm, headers={"kid": self.algorithm})
        return {"access_token": "access", "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str, form: Params) -> Any:
        self.asked.append(path)
        pages = {
            "/school/.well-known/openid-configuration": self.config,
            "/school/keys": self.public_keys,
            "/school/token": lambda: self.token(form),
            "/school/userinfo": lambda: {**self.person, **self.userinfo},
        }
        return None if self.is_down else pages[path]()

    def _handler(school: "SchoolServer") -> type[BaseHTTPRequestHandler]:  # noqa: N805  # inside, self is the handler
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._reply({name: values[0] for name, values in parse_qs(body).items()})

            def _reply(self, form: Params) -> None:
                found = school.answer(self.path, form)
                body = json.dumps(found or {"error": "invalid_grant"}).encode()
                self.send_response(200 if found else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler


@contextmanager
def school_server() -> Iterator[SchoolServer]:
    server = SchoolServer().start()
    try:
        yield server
    finally:
        server.close()
