# Sourced by run_local.sh and check: `set_up EXTRAS` makes .venv ready for them. It is quick where
# .venv is ready already, and makes .venv anew where these files, the place of the project or the
# Python have changed, or where the last set-up did not come to its end.
#
#   PYTHON=python3.13   the Python to use, 3.11 or newer (default: that of .venv, else python3)
#   TORCH_INDEX=URL     an index of packages that has torch without CUDA, for machines without a
#                       GPU: much less to fetch. It is asked when .venv is made.

set_up() {
    local extras=$1 python wanted found
    python=$(find_python) || exit 1
    wanted=$( ("$python" --version && pwd && cat setup.py constraints.txt environment.sh) | cksum)
    found=$(cat .venv/.set-up 2>/dev/null || true)
    case $found in
        "$wanted "*"$extras"*) return ;;
        "$wanted "*) echo "Adding to .venv what $extras needs ..." ;;
        *) make_venv "$python" ;;
    esac >&2
    # Without this file, an interrupted set-up begins anew.
    rm -f .venv/.set-up
    install "$extras" >&2 || fail "The set-up of .venv failed; the reason is above. Try again."
    echo "$wanted $extras" >.venv/.set-up
}

find_python() {
    local python=${PYTHON:-.venv/bin/python}
    [ -n "${PYTHON:-}" ] || "$python" --version >/dev/null 2>&1 || python=python3
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
        fail "Python 3.11 or newer is needed, and $python is not: set PYTHON=... to one that is."
    echo "$python"
}

make_venv() {
    local fetched="3 GB" needed=7 free
    [ -z "${TORCH_INDEX:-}" ] || fetched="0.5 GB" needed=3
    "$1" -m venv --clear .venv || fail "$1 could not make .venv; the reason is above."
    free=$(df -Pk .venv | awk 'NR == 2 {print int($4 / 1000000)}')
    [ "$free" -ge "$needed" ] ||
        fail "The set-up needs $needed GB of disk in $PWD, and $free GB are free there."
    echo "Making .venv, once: this fetches about $fetched and takes a few minutes ..."
}

# uv installs several times faster than pip and shares files between environments. But pip follows
# settings of its own (indexes, certificates, proxies), with which only pip may get through.
install() {
    local pip=".venv/bin/python -m pip --disable-pip-version-check"
    local what=(-c constraints.txt -e ".[$1]" ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"})
    if $pip install --quiet -c constraints.txt uv >/dev/null 2>&1; then
        # As pip does, it is to look for each package in both indexes.
        .venv/bin/uv pip install --python .venv/bin/python \
            ${TORCH_INDEX:+--index-strategy unsafe-best-match} "${what[@]}" && return
        echo "uv could not install this; pip tries ..."
    fi
    $pip install "${what[@]}"
}

fail() {
    echo "$*" >&2
    exit 1
}
