#!/bin/sh
# One scheduled task, as Airflow's BashOperator, Argo or Dagster run one: a spark-submit line whose exit code says how it ended.
# In client mode, for in cluster mode spark-submit ends with 0 or 1.
#
#   0  published, or nothing had changed
#   1  failed: try again, it goes on where it was
#   2  options, a configuration or a model that do not fit: do not try again
#   3  the audit failed, nothing was published: have somebody look at the branch that the message names
#   4  the source could not be read: try again later
#   5  another run is at work, or published meanwhile: try again later
set -eu
exec spark-submit \
    --master "${MASTER:-yarn}" --deploy-mode client \
    --properties-file "${PACKHORSE:-/opt/packhorse}/conf/reindex.conf" \
    --packages org.apache.iceberg:iceberg-spark-runtime-4.1_2.13:1.12.0 \
    --class dev.packhorse.jobs.Packhorse "${PACKHORSE:-/opt/packhorse}/packhorse.jar" \
    reindex --source "${SOURCE:-lake.corpus.texts}" --target "${TARGET:-lake.corpus.vectors}" --report "${REPORT:--}"
