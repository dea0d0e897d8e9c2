/** Reads the named tensors of a model's weights from the file formats that people have them in. */
package dev.packhorse.engine.weights;
