/**
 * The encoder on PyTorch: any TorchScript file as it is, padded. The only package that imports DJL's PyTorch engine, which
 * with its natives is there only for those who bring it.
 */
package dev.packhorse.engine.torch;
