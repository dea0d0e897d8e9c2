/**
 * For benchmarks, where no model is at hand: folders of models of random weights in well-known {@code Shape}s, which {@code
 * SyntheticModel} writes in any {@code Format}.
 *
 * <ul>
 *   <li>Sizes: {@code Sizes} of a {@code Kind} of model
 *   <li>Weights: {@code Parameters} lists them, each a {@code Parameter}, whose {@code RandomNumbers} are made as they are
 *       written; {@code SafetensorsLayout} is where they lie in their file
 *   <li>Files: {@code Configurations}; {@code ExportedGraph} with {@code GraphEmbeddings}, {@code GraphMask} and {@code
 *       GraphLayer}
 * </ul>
 */
package dev.packhorse.engine.synthetic;
