package dev.packhorse.udf;

/** The columns of a result as tests expect them, for ids of type BIGINT. */
public final class ResultColumns {

    /** Those of every job. */
    public static final String DDL =
            "id BIGINT,embedding ARRAY<FLOAT>,tokens INT NOT NULL,truncated BOOLEAN NOT NULL,text_hash STRING,error STRING";

    /** Those where chunks are rows. */
    public static final String DDL_OF_CHUNKS = DDL + ",chunk INT NOT NULL,chunk_start INT,chunk_end INT";

    private ResultColumns() {}

    /** The same as Spark reads them from files, where any may be null. */
    public static String read(String ddl) {
        return ddl.replace(" NOT NULL", "");
    }
}
