from scoredesk_export.command import main

main()
