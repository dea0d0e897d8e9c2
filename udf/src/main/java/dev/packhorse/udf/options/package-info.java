/**
 * Options: one list, from which the command line, the Spark configuration keys, the documentation and the tests follow.
 */
package dev.packhorse.udf.options;
