#!/bin/sh
# Makes .venv and installs requirements/<base|dev>.txt into it. A stamp with the file's checksum makes later calls instant.
set -eu
cd "$(dirname "$0")/.."
kind=$1
file=requirements/$kind.txt
stamp=.venv/installed-$kind
wanted=$(cksum < "$file")

if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

python=
for name in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "Mulin needs Python 3.11 or newer, and none was found on PATH. 需要 Python 3.11 或更高版本。" >&2
    exit 1
fi

free=$(df -Pk . | awk 'NR == 2 { print $4 }')
if [ "$free" -lt 1048576 ]; then
    echo "Only $((free / 1024)) MB are free on this disk; 1024 MB are needed. 磁盘空间不足,至少需要 1024 MB。" >&2
    exit 1
fi

echo "Installing the pinned packages into .venv (only when they change) … 正在安装依赖 …"
# A half-made or moved .venv is repaired by making it again.
.venv/bin/python -m pip --version >/dev/null 2>&1 || {
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "$python cannot make a virtual environment (on Debian or Ubuntu: apt install python3-venv). 无法创建虚拟环境。" >&2
        exit 1
    fi
}
# Wheels only: nothing is compiled and no package runs code of its own while it is installed.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: --require-hashes -r "$file"
echo "$wanted" > "$stamp"
