#!/usr/bin/env bash
# Makes the devices tfjs-node and tfjs-node-gpu usable on Linux x64 where the packages' own download of libtensorflow is
# not reachable, or too old for the GPU (2.9.1, CUDA 11.2): the binding from npm's sources, over TensorFlow's C library
# from PyPI.
#
#   bash tfjs-node.sh [cpu|gpu] [folder]     about 1.1 GB (cpu); WITH_CUDA=1: with NVIDIA's libraries, several GB more
#
# The folder is ADVX_TFJS_NODE, or advx/tfjs-node in the user's cache; advx looks there. Needs node, npm, python3 with
# pip, unzip and g++ (C++17).
set -euo pipefail
flavor=${1:-cpu}
folder=${2:-${ADVX_TFJS_NODE:-${XDG_CACHE_HOME:-$HOME/.cache}/advx/tfjs-node}}
case $flavor in
  cpu) name=@tensorflow/tfjs-node wheel=tensorflow-cpu ;;
  gpu) name=@tensorflow/tfjs-node-gpu wheel=tensorflow ;;
  *) echo "Expected cpu or gpu but got '$flavor'." >&2 && exit 2 ;;
esac
for program in node npm python3 unzip g++; do
  command -v "$program" >/dev/null || { echo "$program is needed." >&2 && exit 2; }
done
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$folder"

echo "== $name 4.22.0 into $folder"
[ -f package.json ] || echo '{ "private": true }' >package.json
npm install --ignore-scripts --no-audit --no-fund "$name@4.22.0"
package=$folder/node_modules/$name

echo "== TensorFlow's C library"
# It is the same in every wheel of a release: one Python version stands for all.
python3 -m pip download -q --no-deps --only-binary=:all: --implementation cp --python-version 3.11 \
  --platform manylinux_2_27_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 \
  --dest "$folder/wheels" "$wheel==2.21.0"
file=$(ls "$folder/wheels/${wheel//-/_}"-2.21.0-*.whl)
case $(sha256sum "$file" | cut -d' ' -f1) in
  2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c) ;;
  9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124) ;;
  *) echo "note: $file is not one of the wheels that this script was tried with" ;;
esac
library=$folder/tensorflow-2.21.0-$flavor
unzip -q -o "$file" 'tensorflow/libtensorflow_cc.so.2' 'tensorflow/libtensorflow_framework.so.2' \
  'tensorflow/include/tensorflow/c/*' 'tensorflow/include/tensorflow/core/platform/ctstring*' \
  'tensorflow/include/tsl/platform/ctstring*' 'tensorflow/include/xla/tsl/c/*' \
  'tensorflow/THIRD_PARTY_NOTICES.txt' -d "$library"
rm -r "$folder/wheels"

echo '== the binding'
headers=
for place in "$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")/include/node" /usr/include/node; do
  [ -f "$place/node_api.h" ] && headers=$place && break
done
if [ -z "$headers" ]; then
  npm install --ignore-scripts --no-audit --no-fund --no-save node-api-headers@1.9.0
  headers=$folder/node_modules/node-api-headers/include
fi
# Where the package looks for it: the highest N-API that it and this Node.js have.
napi=$(node -p 'Math.min(8, +process.versions.napi)')
mkdir -p "$package/lib/napi-v$napi" "$package/deps/lib"
for part in cc framework; do
  ln -sfn "$library/tensorflow/libtensorflow_$part.so.2" "$package/deps/lib/libtensorflow_$part.so.2"
done
cd "$package"
g++ -std=c++17 -O2 -fPIC -shared -DNAPI_VERSION="$napi" -I"$headers" -I"$library/tensorflow/include" -Ibinding \
  binding/tfjs_backend.cc binding/tfjs_binding.cc -o "lib/napi-v$napi/tfjs_binding.node" \
  -Ldeps/lib -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 '-Wl,-rpath,$ORIGIN/../../deps/lib'

# TensorFlow looks for CUDA's libraries beside the folder of the link, in nvidia/*/lib.
if [ "$flavor" = gpu ] && [ "${WITH_CUDA:-0}" = 1 ]; then
  python3 -m pip install -q --no-deps --target "$package/deps" \
    'nvidia-cublas-cu12>=12.5.3.2,<13' 'nvidia-cuda-cupti-cu12>=12.5.82,<13' 'nvidia-cuda-nvcc-cu12>=12.5.82,<13' \
    'nvidia-cuda-nvrtc-cu12>=12.5.82,<13' 'nvidia-cuda-runtime-cu12>=12.5.82,<13' 'nvidia-cudnn-cu12>=9.3.0.75,<10' \
    'nvidia-cufft-cu12>=11.2.3.61,<12' 'nvidia-curand-cu12>=10.3.6.82,<11' 'nvidia-cusolver-cu12>=11.6.3.83,<12' \
    'nvidia-cusparse-cu12>=12.5.1.3,<13' 'nvidia-nccl-cu12>=2.27.7,<3' 'nvidia-nvjitlink-cu12>=12.5.82,<13'
fi

cd "$folder"
TF_CPP_MIN_LOG_LEVEL=2 node -e "
  const tf = require('$name')
  const sum = tf.ones([2, 3]).matMul(tf.ones([3, 2])).sum().dataSync()[0]
  if (tf.getBackend() !== 'tensorflow' || sum !== 12) throw new Error('it does not compute')
  console.log('== TensorFlow', tf.backend().binding.TF_Version, 'on', tf.backend().isUsingGpuDevice ? 'a GPU' : 'the CPU')"
default=${XDG_CACHE_HOME:-$HOME/.cache}/advx/tfjs-node
[ "$folder" = "$default" ] || echo "Set ADVX_TFJS_NODE=$folder so that advx finds it."
