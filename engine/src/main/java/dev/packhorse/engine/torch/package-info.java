/**
 * The encoder on PyTorch: any TorchScript file as it is, padded. The only package that imports DJL's PyTorch engine, which
 * with its natives is there only for those who bring it.
 *
 * <p>From the outside, {@code TorchSupport} says whether it is there, and {@code TorchEncoder} encodes. Inside:
 *
 * <ul>
 *   <li>Before anything is loaded: {@code TorchArchive}, whose {@code Parameter}s {@code ForwardSignature} finds, and {@code
 *       TorchInputs}, what each is fed
 *   <li>The library: {@code TorchLibrary}, and {@code TorchFailure} for what it says
 *   <li>A loaded file: {@code TorchModule}; {@code TorchTrial} tries it, and finds the {@code TorchOutput} that is read
 * </ul>
 */
package dev.packhorse.engine.torch;
