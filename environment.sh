# Sourced by run_local.sh and check: `set_up EXTRAS STAMP` makes .venv fit for them.
# It does nothing when .venv was already set up from the same files.
set_up() {
    local extras=$1 stamp=.venv/.ready-$2 wanted
    wanted=$(cat setup.py constraints.txt environment.sh | cksum)
    if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi

    local python=${PYTHON:-python3}
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "Python 3.11 or newer is needed, $python is $("$python" --version 2>&1). Set PYTHON=..." >&2
        exit 1
    fi
    echo "Setting up .venv (once; torch is large: minutes, about 6 GB) ..." >&2
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    # uv installs several times faster than pip and shares files between environments.
    if .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt uv >/dev/null 2>&1; then
        .venv/bin/python -m uv pip install --quiet --python .venv/bin/python -c constraints.txt -e ".[$extras]"
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$extras]"
    fi || { echo "The set-up of .venv failed; what pip says is above." >&2; exit 1; }
    echo "$wanted" >"$stamp"
}
