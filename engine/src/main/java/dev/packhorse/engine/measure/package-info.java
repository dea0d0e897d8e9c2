/** What benchmarks run: loops over an encoder and nothing else. No job needs it. */
package dev.packhorse.engine.measure;
