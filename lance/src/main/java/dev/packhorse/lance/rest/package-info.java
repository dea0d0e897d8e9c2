/** A server that speaks the REST of LanceDB. */
package dev.packhorse.lance.rest;
