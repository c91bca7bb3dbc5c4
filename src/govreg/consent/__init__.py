"""What has this person chosen?"""
