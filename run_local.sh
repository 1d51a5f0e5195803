#!/usr/bin/env bash
# Tags news on this machine. Without arguments: examples/news into out/.
# With arguments: they go to `python -m pipeline`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/environment.sh"
(cd "$here" && set_up gcp run)
python="$here/.venv/bin/python"
if [ $# -eq 0 ]; then
    cd "$here"
    set -- --input examples/news --output out --date_field date --keep source section
fi
exec "$python" -m pipeline "$@"
