/** The encoder on ONNX Runtime: any exported ONNX file as it is, padded. The only package that imports ONNX Runtime. */
package dev.packhorse.engine.onnx;
