/** The encoder as the papers write it, in plain loops: what the fast path and the slow one are held to. */
package dev.packhorse.engine.reference;
