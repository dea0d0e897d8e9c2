/**
 * A model's files, from wherever Spark's configuration reaches to the disks of executors: found and opened through
 * Hadoop's file systems, and offered by the driver where they are its own.
 */
package dev.packhorse.udf.files;
