"""Settings, read once from the environment and frozen.

Nothing else in the application reads the environment. What differs per centre is data, not a setting.
In production every secret must come from outside and be strong; in demo and training mode missing
secrets are made on first run and kept in `MRC_HOME`, so that one command starts a working system.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

MINIMUM_SECRET_LENGTH = 32
MINIMUM_DISTINCT_CHARACTERS = 12
MEBIBYTE = 1024 * 1024
LARGEST_FILE = 100 * MEBIBYTE
CLAMD = re.compile(r"/.+|[^/]+:[0-9]{1,5}")
WELL_KNOWN_WORDS = ("changeme", "change-me", "secret", "password", "development", "example", "migrant")


class Mode(StrEnum):
    """What an installation is for. The coloured line on top of every page shows it."""

    PRODUCTION = "production"
    TRAINING = "training"
    DEMO = "demo"


class SettingsRefused(Exception):
    """The environment is not safe to start with; `problems` holds one sentence per variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class TwilioSettings:
    """Credentials of the carrier account. `base_url` points at the simulator; empty means Twilio itself."""

    account_sid: str = ""
    auth_token: str = ""
    previous_auth_token: str = ""
    api_key: str = ""
    api_secret: str = ""
    base_url: str = ""

    @property
    def is_configured(self) -> bool:
        return bool(self.account_sid and self.auth_token)


@dataclass(frozen=True)
class Settings:
    """Everything the application needs from outside. Build it with `from_environment`."""

    mode: Mode
    home: Path
    secret_key: str
    keyring: str
    """The keyring as JSON text: `{"current": 1, "keys": {"1": "<base64 of 32 bytes>"}}`."""
    database_url: str = ""
    """Empty means the embedded, encrypted SQLite file in `home`."""
    public_url: str = "http://127.0.0.1:8000"
    broker_url: str = ""
    """Empty means the local job driver."""
    metrics_token: str = ""
    twilio: TwilioSettings = TwilioSettings()
    simulator_url: str = ""
    """Where the phone simulator's page is, for the demo's banner; empty when there is none."""
    clamd: str = ""
    """The virus scanner's socket, a path or `host:port`; empty means that files are not scanned."""
    largest_file: int = 20 * MEBIBYTE
    """Bytes of the largest file that is taken."""
    password_memory_kib: int = 64 * 1024
    crash_at: str = ""
    """The fault point at which a process kills itself, for tests of what a crash leaves behind."""

    @property
    def is_production(self) -> bool:
        return self.mode is Mode.PRODUCTION

    @property
    def is_embedded(self) -> bool:
        return not self.database_url

    @property
    def database_path(self) -> Path:
        return self.home / "mrc.db"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; in demo and training mode make what is missing and keep it in `MRC_HOME`.

    Raises SettingsRefused with one sentence per variable that is missing, weak or contradictory.
    """
    values = os.environ if environment is None else environment
    try:
        mode = Mode(values.get("MRC_MODE", Mode.PRODUCTION))
    except ValueError:
        raise SettingsRefused(["MRC_MODE must be one of: " + ", ".join(Mode) + "."]) from None
    home = Path(values.get("MRC_HOME") or ".mrc").absolute()
    if mode is not Mode.PRODUCTION:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret_key = values.get("MRC_SECRET_KEY", "")
    keyring = _keyring_text(values.get("MRC_KEYRING", ""))
    if mode is not Mode.PRODUCTION:
        secret_key = secret_key or _kept(home / "secret-key", lambda: secrets.token_urlsafe(48))
        keyring = keyring or _kept(home / "keyring.json", new_keyring)
    settings = Settings(
        mode=mode,
        home=home,
        secret_key=secret_key,
        keyring=keyring,
        database_url=values.get("MRC_DATABASE_URL", ""),
        public_url=values.get(
            "MRC_PUBLIC_URL", "" if mode is Mode.PRODUCTION else "http://127.0.0.1:8000"
        ).rstrip("/"),
        broker_url=values.get("MRC_BROKER_URL", ""),
        metrics_token=values.get("MRC_METRICS_TOKEN", ""),
        twilio=_twilio(values, mode, secret_key),
        simulator_url=values.get("MRC_SIMULATOR_URL", "").rstrip("/"),
        clamd=values.get("MRC_CLAMD", ""),
        largest_file=_mebibytes(values.get("MRC_LARGEST_FILE_MB") or "20"),
        password_memory_kib=int(values.get("MRC_PASSWORD_MEMORY_KIB") or 64 * 1024),
        crash_at=values.get("MRC_CRASH_AT", ""),
    )
    if problems := problems_of(settings):
        raise SettingsRefused(problems)
    return settings


def problems_of(settings: Settings) -> list[str]:
    """One sentence per setting that is not safe to start with; empty when all is well."""
    problems = []
    if weakness := weakness_of_secret(settings.secret_key):
        problems.append(f"MRC_SECRET_KEY {weakness}.")
    if weakness := weakness_of_keyring(settings.keyring):
        problems.append(f"MRC_KEYRING {weakness}.")
    if settings.clamd and not CLAMD.fullmatch(settings.clamd):
        problems.append("MRC_CLAMD must be the path of a socket, or host:port.")
    if not MEBIBYTE <= settings.largest_file <= LARGEST_FILE:
        problems.append("MRC_LARGEST_FILE_MB must be a whole number from 1 to 100.")
    if settings.is_production:
        problems += _production_problems(settings)
    return problems


def _production_problems(settings: Settings) -> list[str]:
    problems = []
    public = urlsplit(settings.public_url)
    if public.scheme != "https" or not public.hostname:
        problems.append("MRC_PUBLIC_URL must be the https address that the centres and Twilio use.")
    if settings.twilio.base_url:
        problems.append("MRC_TWILIO_BASE points at a simulator and is refused in production.")
    if bool(settings.twilio.account_sid) != bool(settings.twilio.auth_token):
        problems.append("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together.")
    if settings.metrics_token and weakness_of_secret(settings.metrics_token):
        problems.append(f"MRC_METRICS_TOKEN {weakness_of_secret(settings.metrics_token)}.")
    if settings.crash_at:
        problems.append("MRC_CRASH_AT kills the process on purpose and is refused in production.")
    if settings.password_memory_kib < 19 * 1024:
        problems.append("MRC_PASSWORD_MEMORY_KIB must be at least 19456 (OWASP's floor for argon2id).")
    return problems


def weakness_of_secret(secret: str) -> str:
    """What is wrong with a secret, as the end of a sentence; empty when it is strong enough."""
    if not secret:
        return "is missing"
    if len(secret) < MINIMUM_SECRET_LENGTH:
        return f"is weak: it has {len(secret)} characters, at least {MINIMUM_SECRET_LENGTH} are needed"
    if len(set(secret)) < MINIMUM_DISTINCT_CHARACTERS:
        return "is weak: it repeats too few characters"
    if any(word in secret.lower() for word in WELL_KNOWN_WORDS):
        return "is weak: it contains a well-known word"
    return ""


def weakness_of_keyring(text: str) -> str:
    """What is wrong with a keyring's JSON text, as the end of a sentence; empty when it can be used."""
    if not text:
        return "is missing"
    try:
        content = json.loads(text)
        keys = {
            int(version): base64.b64decode(key, validate=True) for version, key in content["keys"].items()
        }
        current = int(content["current"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        return "cannot be read: `mrc keys new` writes one"
    if current not in keys:
        return "names a current version that it does not hold"
    if any(len(key) != 32 or len(set(key)) < MINIMUM_DISTINCT_CHARACTERS for key in keys.values()):
        return "is weak: every key must be 32 random bytes"
    return ""


def new_keyring() -> str:
    """A fresh keyring with one random key, as JSON text."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return json.dumps({"current": 1, "keys": {"1": key}})


def _mebibytes(text: str) -> int:
    """So many mebibytes in bytes; nought for what is not a number, which is refused later."""
    return int(text) * MEBIBYTE if text.isdecimal() else 0


def _keyring_text(value: str) -> str:
    """`MRC_KEYRING` names a file, or holds the JSON itself where a secret store injects it."""
    if not value or value.lstrip().startswith("{"):
        return value
    try:
        return Path(value).read_text(encoding="utf-8")
    except OSError:
        return "unreadable"


def _kept(path: Path, make: object) -> str:
    """The content of a file that only we may read, made on first use."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    assert callable(make)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text := str(make()))
    return text


def _twilio(values: Mapping[str, str], mode: Mode, secret_key: str) -> TwilioSettings:
    account_sid = values.get("TWILIO_ACCOUNT_SID", "")
    auth_token = values.get("TWILIO_AUTH_TOKEN", "")
    if mode is not Mode.PRODUCTION and not account_sid and secret_key:
        # The simulator must know the same account as the web process; both derive it from the one kept
        # secret.
        derived = hmac.new(secret_key.encode(), b"simulator account", hashlib.sha256).hexdigest()
        account_sid, auth_token = "AC" + derived[:32], derived[32:]
    return TwilioSettings(
        account_sid=account_sid,
        auth_token=auth_token,
        previous_auth_token=values.get("TWILIO_AUTH_TOKEN_PREVIOUS", ""),
        api_key=values.get("TWILIO_API_KEY", ""),
        api_secret=values.get("TWILIO_API_SECRET", ""),
        base_url=values.get("MRC_TWILIO_BASE", "").rstrip("/"),
    )
