/**
 * For benchmarks, where no model is at hand: folders of models of random weights in well-known {@code Shape}s, which {@code
 * SyntheticModel} writes in any {@code Format}.
 *
 * <ul>
 *   <li>Sizes: {@code Sizes} of a {@code Kind} of model
 *   <li>Weights: {@code Parameters} lists them, each a {@code Parameter}, whose {@code RandomNumbers} are made as they are
 *       written; {@code SafetensorsLayout} is where they lie in their file
 *   <li>The other files: {@code Configurations}; {@code ExportedGraph}, of {@code GraphEmbeddings}, {@code GraphMask} and {@code
 *       GraphLayer}, which are made of {@code Operations}; {@code TorchScriptFile}, with {@code TracedCode} and objects that
 *       {@code PickleWriter} writes
 * </ul>
 */
package dev.packhorse.engine.synthetic;
