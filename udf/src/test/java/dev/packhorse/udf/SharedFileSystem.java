package dev.packhorse.udf;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** A file system with a scheme of its own, shared:, whose files are this machine's: stands for hdfs: and the like. */
public final class SharedFileSystem extends RawLocalFileSystem {

    /** The setting that makes it known. */
    public static final String KEY = "fs.shared.impl";

    private static final URI ROOT = URI.create("shared:///");

    @Override
    public URI getUri() {
        return ROOT;
    }

    @Override
    public String getScheme() {
        return "shared";
    }
}
