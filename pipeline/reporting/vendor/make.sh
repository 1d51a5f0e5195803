#!/usr/bin/env bash
# Makes echarts.min.js and LICENSES.txt anew, from the versions in package.json. It needs npm and
# the network; nobody who only uses the project has to run it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$here/package.json" "$here/entry.js" "$folder"
cd "$folder"
npm install --silent --no-audit --no-fund
npx esbuild entry.js --bundle --minify --format=iife --global-name=echarts --target=es2020 \
    --charset=utf8 --legal-comments=none --outfile=bundle.js
{
    for file in echarts/NOTICE echarts/LICENSE echarts/licenses/LICENSE-d3 zrender/LICENSE \
        tslib/LICENSE.txt; do
        printf '==== %s ====\n\n' "$file"
        cat "node_modules/$file"
        printf '\n'
    done
} >"$here/LICENSES.txt"
version=$(node -p 'require("echarts/package.json").version')
printf '/* Apache ECharts %s, with zrender, d3 and tslib: see LICENSES.txt */\n' "$version" |
    cat - bundle.js >"$here/echarts.min.js"
