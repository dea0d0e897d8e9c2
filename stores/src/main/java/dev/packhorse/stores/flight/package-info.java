/** Arrow Flight: results to and from any Arrow client. */
package dev.packhorse.stores.flight;
