package dev.packhorse.storetests;

/** Numbers of 4 bytes. */
class PgVectorStoreIT extends PgVectorContract {}
