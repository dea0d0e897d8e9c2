/**
 * Writes ONNX graphs node by node: {@code GraphBuilder}, of {@code Operator}s with {@code Attribute}s, between values of {@code
 * ElementType} and {@code Dimension}s, with weights that lie in other files; {@code Nodes} are those that come often. The counterpart of the readers in {@code weights}.
 */
package dev.packhorse.engine.onnxgraph;
