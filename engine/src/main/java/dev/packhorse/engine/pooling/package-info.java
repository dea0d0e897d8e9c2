/** How the vectors of a row's tokens become the row's one vector, whatever encoder made them. */
package dev.packhorse.engine.pooling;
