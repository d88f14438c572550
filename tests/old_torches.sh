#!/usr/bin/env bash
# Put the torches that run inside compositing programs into a folder, each in a venv of its own: 1.12.1 (Nuke 14) and
# 2.1.1 (Nuke 15.1 and later). Tests load exported models in them. Where one cannot be had, those tests skip.
#
#   old_torches.sh FOLDER UV
#
# The registry's wheels are CUDA builds: a gigabyte of each is for the GPU, and 2.1.1 asks for 1.7 GB more of other
# wheels before it starts. So the libraries of the GPU are taken out, and one that has their names and does nothing
# stands in for them. On a CPU nothing of it is ever called.
set -euo pipefail
to=$(mkdir -p "$1" && realpath "$1")
uv=$(realpath "$2")
# a pyenv keeps its interpreters out of sight unless it is told which one is meant
export PYENV_VERSION=${PYENV_VERSION:-3.10} UV_PYTHON_DOWNLOADS=never UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180}

symbols() { # of libraries, as KIND: --defined-only, or --undefined-only, which leaves weak ones alone
  nm -D "$@" | awk 'NF > 1 && $(NF - 1) != "w" && $(NF - 1) != "v" { sub(/@.*/, "", $NF); print $NF }' | sort -u
}

take_out_the_gpu() { # from torch's folder of libraries
  local lib=$1 work
  work=$(mktemp -d)
  mkdir "$work/kept"
  mv "$lib"/lib{torch,torch_cpu,torch_python,torch_global_deps,c10,shm}.so "$lib"/libgomp* "$work/kept/"
  symbols --defined-only "$lib"/lib* >"$work/gone"
  rm -r "$lib"/../include "$lib"
  mv "$work/kept" "$lib"
  symbols --defined-only "$lib"/lib* "$(cc -print-file-name=libstdc++.so.6)" >"$work/there"
  symbols --undefined-only "$lib"/lib* >"$work/wanted"
  # what other wheels would bring begins with cu, nv or nccl
  { comm -12 "$work/wanted" "$work/gone"; grep -E '^(cu|nv|nccl)' "$work/wanted"; } | sort -u \
    | comm -23 - "$work/there" >"$work/missing"
  # Python's bindings look classes up by their typeinfo, so that has to be real: a kind of class, and a name
  awk 'BEGIN { print "extern char a_class[] __asm__(\"_ZTVN10__cxxabiv117__class_type_infoE\");" }
       /^_ZTI/ { print "const void *n" NR "[2] __asm__(\"" $1 "\") = {a_class + 16, \"" substr($1, 5) "\"};"; next }
       /^_ZTV/ { print "const void *n" NR "[512] __asm__(\"" $1 "\") = {0};"; next }
       { print "long n" NR "(void) __asm__(\"" $1 "\"); long n" NR "(void) { return 0; }" }' \
    "$work/missing" >"$work/nothing.c"
  cc -shared -fPIC -w -o "$lib/libnothing.so" "$work/nothing.c" "$(cc -print-file-name=libstdc++.so.6)"
  # the linker wants versions in a library that it knows by name, and none in one that such a library needs
  cc -shared -o "$lib/libno_gpu.so" -Wl,--no-as-needed,-rpath,'$ORIGIN' -L"$lib" -lnothing
  readelf -d "$lib"/lib* | sed -nE 's/.*\(NEEDED\).*\[(lib(cu|nv|nccl|torch_cuda|c10_cuda).*)\]/\1/p' | sort -u \
    | while read -r name; do ln -s libno_gpu.so "$lib/$name"; done
  rm -r "$work"
}

make_venv() { # for one torch
  local torch=$1 venv=$to/$1
  [ ! -f "$venv/complete.stamp" ] || return 0
  rm -rf "$venv"
  "$uv" venv --quiet --python 3.10 "$venv"
  "$uv" pip install --quiet --no-cache --no-deps --python "$venv/bin/python" \
    "torch==$torch" typing-extensions sympy mpmath
  take_out_the_gpu "$(realpath "$venv"/lib/python*/site-packages/torch/lib)"
  "$venv/bin/python" -W ignore -c 'import torch; assert torch.nn.Conv2d(3, 8, 3)(torch.ones(1, 3, 8, 8)).std() > 0'
  touch "$venv/complete.stamp"
}

for torch in 1.12.1 2.1.1; do
  set +e # bash would not stop at an error inside, were this run as a condition
  (set -e && make_venv "$torch")
  failed=$?
  set -e
  [ "$failed" = 0 ] || echo "torch $torch could not be had here: the tests that load exported models in it will skip"
done
