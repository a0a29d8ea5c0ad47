#!/bin/sh
# Copyright (c) 2026 The edgeops.device_trust authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes the environment HOME with PYTHON and what REQUIREMENTS pins, unless it is there and younger than that file.
#
# usage: environment.sh PYTHON HOME REQUIREMENTS
set -eu
home=$2 requirements=$3
if [ -e "$home/.installed" ] && ! [ "$requirements" -nt "$home/.installed" ]; then
    exit 0
fi
echo "Making $home of $requirements"
"$1" -m venv --clear "$home"
"$home/bin/python" -m pip --quiet --quiet install --requirement "$requirements"
touch "$home/.installed"
