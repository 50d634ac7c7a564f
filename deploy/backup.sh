#!/usr/bin/env bash
# Writes one backup of the database and the secret key into a folder, and keeps the last 30.
#   backup.sh FOLDER
# The dump is checked by reading it back before older ones are removed. Restoring is described in docs/deploy.md.
set -euo pipefail
umask 077

folder=${1:?usage: backup.sh FOLDER}
redvest="$(cd "$(dirname "$0")/.." && pwd)/.venv/bin/redvest"
mkdir -p "$folder"
name="$folder/redvest-$(date +%Y%m%d-%H%M%S)"

"$redvest" database dump "$name.dump.new"
mv "$name.dump.new" "$name.dump"

key="${REDVEST_DATA:-}/secret_key"
if [ -z "${SECRET_KEY:-}" ] && [ -f "$key" ]; then cp "$key" "$name.secret_key"; fi

find "$folder" -name 'redvest-*' -type f -printf '%f\n' | sort -r | sed 's/\..*//' | uniq | tail -n +31 |
  while read -r old; do rm -f "$folder/$old".*; done
echo "Backup written: $name.dump"
