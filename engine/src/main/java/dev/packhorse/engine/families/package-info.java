/**
 * The families of encoders whose layers we run ourselves: one class each, which reads a config.json and says where the
 * weights of a layer stand. {@code Families} has the list; docs/FAMILIES.md says how to add one.
 *
 * <ul>
 *   <li>The families, each a {@code Family}: {@code BertFamily}, {@code RobertaFamily}, {@code DistilBertFamily}, {@code
 *       MpnetFamily}, {@code ElectraFamily}, {@code ModernBertFamily}, {@code NomicBertFamily}, {@code GteFamily}
 *   <li>What they read: {@code Config} and its {@code Ropes}; {@code Tensors}, the named ones of a file
 *   <li>What they say: {@code Architecture}, and {@code FamilyWeights}, whose inner layers are {@code Gated} or {@code Ungated}
 * </ul>
 */
package dev.packhorse.engine.families;
