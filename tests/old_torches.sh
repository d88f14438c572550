#!/usr/bin/env bash
# Put the torches that run inside compositing programs into a folder, each in a venv of its own: 1.12.1 (Nuke 14) and
# 2.1.1 (Nuke 15.1 and later). Tests load exported models in them. Where one cannot be had the tests skip and say so.
#
#   old_torches.sh FOLDER UV
#
# The registry's wheels are CUDA builds: 1.4 GB of download for nothing that a CPU runs, and 1.7 GB more of libraries
# that 2.1.1 will not start without. So the libraries of the GPU are taken out, and one library stands in for all of
# them that has their names and does nothing. On a CPU none of it is ever called.
set -euo pipefail
to=$(mkdir -p "$1" && realpath "$1")
uv=$(realpath "$2")
# a pyenv keeps its interpreters out of sight unless it is told which one is meant
export PYENV_VERSION=${PYENV_VERSION:-3.10}
export UV_PYTHON_DOWNLOADS=never UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-180}

take_out_the_gpu() {
  local lib=$1 work
  work=$(mktemp -d)
  mkdir "$work/kept"
  mv "$lib"/libtorch.so "$lib"/libtorch_cpu.so "$lib"/libtorch_python.so "$lib"/libtorch_global_deps.so \
    "$lib"/libc10.so "$lib"/libshm.so "$lib"/libgomp* "$work/kept/"
  rm -rf "$lib" "$lib/../include" "$lib/../bin/test_"* "$lib/../share"
  mv "$work/kept" "$lib"
  nm -D --defined-only "$lib"/lib*.so | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | sort -u >"$work/there"
  # what comes from the C and C++ libraries carries their version; what comes from Python begins with its name
  nm -D --undefined-only "$lib"/lib*.so \
    | awk '$1 == "U" && $2 !~ /@(GLIBC|GLIBCXX|CXXABI|GCC|GOMP|OMP)/ && $2 !~ /^_?Py/ { sub(/@.*/, "", $2); print $2 }' \
    | sort -u | comm -23 - "$work/there" >"$work/missing"
  awk '/^_ZT[VIS]/ { print "char n" NR "[4096] __asm__(\"" $1 "\") = {0};"; next }
       { print "long n" NR "(void) __asm__(\"" $1 "\"); long n" NR "(void) { return 0; }" }' \
    "$work/missing" >"$work/nothing.c"
  cc -shared -fPIC -w -o "$lib/libnothing.so" "$work/nothing.c"
  readelf -d "$lib"/lib*.so | sed -n 's/.*(NEEDED).*\[\(lib\(cu\|nv\|nccl\|torch_cuda\|c10_cuda\).*\)\]/\1/p' | sort -u \
    | while read -r name; do ln -s libnothing.so "$lib/$name"; done
  rm -rf "$work"
}

make_one() {
  local torch=$1 python=$2 venv=$to/$1
  [ ! -f "$venv/complete.stamp" ] || return 0
  rm -rf "$venv"
  "$uv" venv --quiet --python "$python" "$venv"
  "$uv" pip install --quiet --no-cache --no-deps --python "$venv/bin/python" "torch==$torch" "typing-extensions>=4.8"
  take_out_the_gpu "$(realpath "$venv"/lib/python*/site-packages/torch/lib)"
  "$venv/bin/python" -c "import torch; assert float(torch.nn.Conv2d(3, 8, 3)(torch.ones(1, 3, 8, 8)).std()) > 0"
  touch "$venv/complete.stamp"
}

for one in "1.12.1 3.10" "2.1.1 3.11"; do
  read -r torch python <<<"$one"
  # a subshell under && or || would go on after an error, so it runs alone and is asked afterwards
  set +e; (set -e; make_one "$torch" "$python"); failed=$?; set -e
  [ $failed = 0 ] || echo "torch $torch could not be had here: the tests that load exported models in it will skip"
done
