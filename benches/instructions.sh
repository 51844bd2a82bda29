#!/usr/bin/env bash
# Counts instructions, beside those of the floors. With an argument, only the routes whose name contains it.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --package logto-rocket-benches --bin idp
cargo build --locked --package logto-rocket-benches --release --bins
exec target/release/instructions "$@"
