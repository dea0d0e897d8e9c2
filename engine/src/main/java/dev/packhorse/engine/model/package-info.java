/**
 * A model before it is opened: where its files lie, what its configuration says, and the fingerprint that travels with
 * every output.
 */
package dev.packhorse.engine.model;
