/** What vectors become before they are stored: the mean of a text's chunks, and numbers of fewer bits. */
package dev.packhorse.engine.output;
