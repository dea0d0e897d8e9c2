#!/bin/sh
# Tells Spark which GPUs of NVIDIA's a machine has (spark.executor.resource.gpu.discoveryScript), by their numbers as
# nvidia-smi has them: with CUDA_DEVICE_ORDER=PCI_BUS_ID, CUDA counts likewise.
set -eu
numbers=$(nvidia-smi --query-gpu=index --format=csv,noheader)
addresses=
for number in $numbers; do
    addresses="$addresses${addresses:+, }\"$number\""
done
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
