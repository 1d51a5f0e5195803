#!/usr/bin/env bash
# Tags news on this machine, and sets up what that needs. Without arguments it tags examples/news
# into out/, in fp32, so that every machine makes what the pages show, with a report to look at; with
# arguments, it is the command news-entities.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/environment.sh"
(cd "$here" && set_up gcp)
if [ $# -eq 0 ]; then
    cd "$here"
    set -- --input examples/news --output out --date_field date --keep source section \
        --precision fp32 --report
fi
# Unlike `python -m pipeline`, it takes no pipeline.py of the current folder for ours.
exec "$here/.venv/bin/news-entities" "$@"
