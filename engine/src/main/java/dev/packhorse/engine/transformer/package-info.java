/**
 * What an encoder of the transformer family is made of, described once for all implementations: the shape, and the weights of
 * the embeddings and of a layer.
 */
package dev.packhorse.engine.transformer;
