package dev.packhorse.jobs.output;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * Where an output is.
 *
 * @param files the file system of the folder
 * @param folder with the file system's name, perhaps not there
 * @param conf by which others find the file system
 */
record OutputPlace(SparkSession spark, FileSystem files, Path folder, Configuration conf) {

    /** @throws IllegalArgumentException when the text is no path */
    static OutputPlace of(SparkSession spark, String path) throws IOException {
        var conf = spark.sessionState().newHadoopConf();
        var folder = new Path(path);
        var files = folder.getFileSystem(conf);
        return new OutputPlace(spark, files, files.makeQualified(folder), conf);
    }

    /** The Parquet files that are there now. */
    List<Path> dataFiles() throws IOException {
        return list(status -> status.isFile() && status.getPath().getName().endsWith(".parquet"));
    }

    /** The staging folders of all runs that are there now. */
    List<Path> stagingFolders() throws IOException {
        return list(status -> status.isDirectory() && status.getPath().getName().startsWith(Staging.PREFIX));
    }

    private List<Path> list(Predicate<FileStatus> wanted) throws IOException {
        if (!files.exists(folder)) {
            return List.of();
        }
        return Arrays.stream(files.listStatus(folder))
                .filter(wanted)
                .map(FileStatus::getPath)
                .toList();
    }
}
