/** Lance tables on folders and object stores, and LanceDB servers. */
package dev.packhorse.lance;
