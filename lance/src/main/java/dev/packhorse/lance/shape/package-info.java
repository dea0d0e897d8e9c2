/** What both kinds of store hold a table to: its columns, and its index. */
package dev.packhorse.lance.shape;
