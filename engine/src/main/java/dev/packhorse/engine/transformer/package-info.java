/**
 * What an encoder of the transformer family is made of, described once for all implementations: the weights of the
 * embeddings and of a layer, which family has them under which names, and the plain reference encoder.
 */
package dev.packhorse.engine.transformer;
