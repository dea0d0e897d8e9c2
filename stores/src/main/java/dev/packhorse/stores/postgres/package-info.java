/** PostgreSQL with pgvector. */
package dev.packhorse.stores.postgres;
