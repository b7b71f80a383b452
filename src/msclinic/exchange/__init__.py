"""ODM-XML and other formats from frozen snapshots: never the store."""
